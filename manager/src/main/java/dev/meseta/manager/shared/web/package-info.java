/** What the REST controllers of all modules say in the same way: versions, lists, accepted tasks, dry runs. */
@NullMarked
package dev.meseta.manager.shared.web;

import org.jspecify.annotations.NullMarked;
