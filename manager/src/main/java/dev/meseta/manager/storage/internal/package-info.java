/** Storage domains, images and disks in the database and on hosts. */
@NullMarked
package dev.meseta.manager.storage.internal;

import org.jspecify.annotations.NullMarked;
