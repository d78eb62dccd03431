/** The inventory in PostgreSQL: desired state by JPA, observed state and lists by SQL. */
@NullMarked
package dev.meseta.manager.inventory.internal;

import org.jspecify.annotations.NullMarked;
