/**
 * The seam between the agent and whatever runs virtual machines. Domain terms only: no XML, no libvirt type. Drivers are
 * the sibling packages below and pass one contract test.
 */
@NullMarked
package dev.meseta.agent.hypervisor;

import org.jspecify.annotations.NullMarked;
