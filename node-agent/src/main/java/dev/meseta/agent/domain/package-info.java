/** Virtual machines in the inventory's terms, mapped to this host and handed to the hypervisor. */
@NullMarked
package dev.meseta.agent.domain;

import org.jspecify.annotations.NullMarked;
