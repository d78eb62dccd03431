package dev.meseta.manager.identity;

/**
 * Where the page was loaded from, as the browser says. A passkey is good for one name.
 *
 * @param name host name without port
 * @param origin as in {@code https://manager.example:8443}
 */
public record Site(String name, String origin) {}
