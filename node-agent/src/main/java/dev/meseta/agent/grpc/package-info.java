/** The wire: decode, call the operation, encode. Nothing is decided here but who may call. */
@NullMarked
package dev.meseta.agent.grpc;

import org.jspecify.annotations.NullMarked;
