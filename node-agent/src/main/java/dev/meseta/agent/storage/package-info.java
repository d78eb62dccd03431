/** Shared directories: thin disks, checked images, cloud-init seeds. */
@NullMarked
package dev.meseta.agent.storage;

import org.jspecify.annotations.NullMarked;
