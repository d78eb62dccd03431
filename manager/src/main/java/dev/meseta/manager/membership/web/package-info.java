/** Managers over REST. */
@NullMarked
package dev.meseta.manager.membership.web;

import org.jspecify.annotations.NullMarked;
