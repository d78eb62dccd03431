/** REST of users, groups, roles, grants, API tokens, and of questions about them. */
@NullMarked
package dev.meseta.manager.identity.web;

import org.jspecify.annotations.NullMarked;
