/** Tasks over REST. */
@NullMarked
package dev.meseta.manager.tasks.web;

import org.jspecify.annotations.NullMarked;
