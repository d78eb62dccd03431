/** REST operations of live migration. */
@NullMarked
package dev.meseta.manager.migration.web;

import org.jspecify.annotations.NullMarked;
