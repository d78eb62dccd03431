/** Lists: the search language, sorting and keyset paging, turned into SQL with bound parameters. */
@NullMarked
package dev.meseta.manager.shared.query;

import org.jspecify.annotations.NullMarked;
