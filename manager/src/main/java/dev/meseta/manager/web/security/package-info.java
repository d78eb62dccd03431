/** Sign-in, sessions, bearer tokens, permissions, TLS, headers. */
@NullMarked
package dev.meseta.manager.web.security;

import org.jspecify.annotations.NullMarked;
