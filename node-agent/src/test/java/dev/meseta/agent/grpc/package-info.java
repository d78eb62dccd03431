@NullMarked
package dev.meseta.agent.grpc;

import org.jspecify.annotations.NullMarked;
