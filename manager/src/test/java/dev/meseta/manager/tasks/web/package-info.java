/** Tasks as the API shows them. */
@NullMarked
package dev.meseta.manager.tasks.web;

import org.jspecify.annotations.NullMarked;
