/** How much one caller may ask for, over all managers that hear each other; refused before anything else is done for them. */
@NullMarked
package dev.meseta.manager.web.limits;

import org.jspecify.annotations.NullMarked;
