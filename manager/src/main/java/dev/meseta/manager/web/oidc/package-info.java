/** Speaks OpenID Connect with an identity provider: where people are sent, what comes back, tokens that it signed. */
@NullMarked
package dev.meseta.manager.web.oidc;

import org.jspecify.annotations.NullMarked;
