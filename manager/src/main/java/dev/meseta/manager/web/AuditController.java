package dev.meseta.manager.web;

import dev.meseta.manager.audit.AuditLog;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit log for other programs. */
@RestController
@RequestMapping(Api.BASE + "/audit")
@Tag(name = "Audit")
class AuditController {

    private static final String JSON_LINES = "application/x-ndjson";
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final AuditLog log;
    private final CertificateAuthorities authorities;

    AuditController(AuditLog log, CertificateAuthorities authorities) {
        this.log = log;
        this.authorities = authorities;
    }

    @Operation(operationId = "listAudit", summary = "Who did what, newest first")
    @RequiresPermission(Permission.AUDIT_READ)
    @GetMapping
    Page<AuditLog.AuditRecord> list(ListParameters list) {
        return log.list(list.request());
    }

    @Operation(operationId = "getAuditRecord", summary = "One record of the audit log")
    @RequiresPermission(Permission.AUDIT_READ)
    @GetMapping("/{id}")
    AuditLog.AuditRecord get(@PathVariable long id) {
        return log.get(id);
    }

    @Operation(
            operationId = "verifyAudit",
            summary = "Whether the audit log is as managers wrote it, or where it is broken",
            description = "Reads all of it, or the part from some moment on; one at a time. Whoever does not trust this"
                    + " manager exports the log and verifies it elsewhere.")
    @RequiresPermission(Permission.AUDIT_READ)
    @GetMapping("/verify")
    AuditLog.Verdict verify(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to) {
        return log.verify(from == null ? Instant.EPOCH : from, to == null ? LATEST : to);
    }

    @Operation(operationId = "listAuditCheckpoints", summary = "Signed checkpoints of the audit log, newest first")
    @RequiresPermission(Permission.AUDIT_READ)
    @GetMapping("/checkpoints")
    Page<AuditLog.Checkpoint> checkpoints(ListParameters list) {
        return log.checkpoints(list.request());
    }

    @Operation(
            operationId = "exportAudit",
            summary = "The audit log, a line for each record, oldest first",
            description = "JSONL can be verified offline; CEF and OCSF are for other programs and cannot.")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = JSON_LINES, schema = @Schema(type = "string")))
    @RequiresPermission(Permission.AUDIT_READ)
    @GetMapping("/export")
    void export(
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "JSONL") AuditLog.Format format,
            HttpServletResponse response)
            throws IOException {
        response.setContentType(format == AuditLog.Format.CEF ? MediaType.TEXT_PLAIN_VALUE : JSON_LINES);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        try (var out = new BufferedOutputStream(response.getOutputStream())) {
            log.export(format, from == null ? Instant.EPOCH : from, to == null ? LATEST : to, line -> line(out, line));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** @param fingerprint SHA-256 of the certificate (DER), lower-case hex */
    record AuditAuthority(String fingerprint) {}

    @Operation(
            operationId = "getAuditAuthority",
            summary = "Who signs the audit log: what its verification wants to be told")
    @RequiresPermission(Permission.AUDIT_READ)
    @GetMapping("/authority")
    AuditAuthority authority() {
        return new AuditAuthority(authorities.fingerprint(Purpose.AUDIT));
    }

    private static void line(OutputStream out, String line) {
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
