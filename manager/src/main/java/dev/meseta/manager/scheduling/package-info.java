/**
 * Placement as pure functions over an immutable snapshot: no Spring, no SQL, no clock. Rules are filters, one class each;
 * a host is accepted only when every one of them has said so, and a rejected host carries the sentence of each rule that
 * turned it down.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared"})
package dev.meseta.manager.scheduling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
