@NullMarked
package dev.meseta.agent.flows.datapath;

import org.jspecify.annotations.NullMarked;
