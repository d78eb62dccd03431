/** What an exported audit log looks like, and how to find out whether somebody has touched it. See docs/protocol/audit.md. */
@NullMarked
package dev.meseta.audit;

import org.jspecify.annotations.NullMarked;
