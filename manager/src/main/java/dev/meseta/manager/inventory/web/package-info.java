/** REST of data centers, clusters, hosts and VMs. */
@NullMarked
package dev.meseta.manager.inventory.web;

import org.jspecify.annotations.NullMarked;
