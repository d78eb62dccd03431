/** What can go wrong at an agent: one enum of stable codes, one exception. */
@NullMarked
package dev.meseta.agent.errors;

import org.jspecify.annotations.NullMarked;
