@NullMarked
package dev.meseta.lab.ui;

import org.jspecify.annotations.NullMarked;
