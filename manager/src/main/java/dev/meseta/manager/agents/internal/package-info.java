/** Inside of {@code agents}: gRPC in both directions, certificates of hosts, the watch of every host. */
@NullMarked
package dev.meseta.manager.agents.internal;

import org.jspecify.annotations.NullMarked;
