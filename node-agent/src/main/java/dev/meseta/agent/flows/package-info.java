/**
 * The traffic of this host's virtual machines: what each vNIC saw of every conversation, as records that a watcher can
 * resume. What counts the packets is behind {@link dev.meseta.agent.flows.FlowTable}.
 */
@NullMarked
package dev.meseta.agent.flows;

import org.jspecify.annotations.NullMarked;
