/** Lists: the search language, sorting and keyset paging, turned into SQL with bound parameters. */
@NullMarked
@NamedInterface("query")
package dev.meseta.manager.shared.query;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
