package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.AuditLog.Format;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the audit log is forwarded to over syslog.
 *
 * @param host name or address of a receiver that speaks RFC 5425; empty: none
 * @param sslBundle of Spring Boot, with whom to trust and, where the receiver asks for one, a certificate; empty: whom the JVM
 *     trusts
 * @param settle how long a connection must have stood after a record was sent on it until the record counts as arrived; what
 *     was sent later is sent again after a break, because syslog has no acknowledgements
 */
@ConfigurationProperties("meseta.audit.syslog")
record SyslogProperties(String host, int port, Format format, String sslBundle, Duration settle) {}
