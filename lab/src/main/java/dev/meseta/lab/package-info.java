/** A data center on one machine: real hosts in namespaces, faults, end-to-end tests and benchmarks. */
@NullMarked
package dev.meseta.lab;

import org.jspecify.annotations.NullMarked;
