/** Overlay networks: a bridge with a VXLAN device in it, per network. */
@NullMarked
package dev.meseta.agent.network;

import org.jspecify.annotations.NullMarked;
