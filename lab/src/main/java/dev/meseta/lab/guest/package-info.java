/** The test guest: a small bootable disk image made from Debian packages, and a client for what it answers. */
@NullMarked
package dev.meseta.lab.guest;

import org.jspecify.annotations.NullMarked;
