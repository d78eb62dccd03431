/** REST operations of VMs that lead to a task. */
@NullMarked
package dev.meseta.manager.lifecycle.web;

import org.jspecify.annotations.NullMarked;
