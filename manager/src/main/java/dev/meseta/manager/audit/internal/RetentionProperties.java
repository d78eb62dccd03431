package dev.meseta.manager.audit.internal;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How long audit records are kept.
 *
 * @param keepDays those that are older are removed, up to a checkpoint; 0: none ever are
 */
@ConfigurationProperties("meseta.audit")
record RetentionProperties(int keepDays) {}
