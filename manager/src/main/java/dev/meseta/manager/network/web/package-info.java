/** REST of networks. */
@NullMarked
package dev.meseta.manager.network.web;

import org.jspecify.annotations.NullMarked;
