/** Meseta and its guests as somebody outside sees them: the REST API, and HTTP to a guest. */
@NullMarked
package dev.meseta.lab.client;

import org.jspecify.annotations.NullMarked;
