/** REST of storage domains and images. */
@NullMarked
package dev.meseta.manager.storage.web;

import org.jspecify.annotations.NullMarked;
