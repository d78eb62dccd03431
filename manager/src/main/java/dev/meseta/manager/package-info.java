/** The manager: keeps the inventory, decides, audits. One package per domain noun. */
@NullMarked
package dev.meseta.manager;

import org.jspecify.annotations.NullMarked;
