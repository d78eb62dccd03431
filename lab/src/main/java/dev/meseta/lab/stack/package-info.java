/** Manager, agents and lab hosts together, as one running data center. */
@NullMarked
package dev.meseta.lab.stack;

import org.jspecify.annotations.NullMarked;
