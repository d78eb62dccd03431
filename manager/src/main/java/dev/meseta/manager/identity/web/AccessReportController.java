package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.identity.AccessDirectory.Grant;
import dev.meseta.manager.identity.AccessReports;
import dev.meseta.manager.identity.AccessReports.Explanation;
import dev.meseta.manager.identity.AccessReports.WhoCan;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Why somebody may do something, who may, and all grants for a review. */
@RestController
@RequestMapping(Api.BASE + "/access")
@Tag(name = "Access")
class AccessReportController {

    private static final String OBJECT = "SYSTEM, or a kind and an id: VM:0198c0de-0000-7000-8000-000000000000";

    private final AccessReports reports;
    private final AccessDirectory directory;

    AccessReportController(AccessReports reports, AccessDirectory directory) {
        this.reports = reports;
        this.directory = directory;
    }

    /** How a review is sorted. */
    enum ReviewOrder {
        USER,
        OBJECT
    }

    @Operation(operationId = "explainAccess", summary = "Whether a user may do something with an object, and why")
    @RequiresPermission(Permission.ACCESS_EXPLAIN)
    @GetMapping("/explain")
    Explanation explain(
            @Parameter(description = "Id of a user") @RequestParam UUID principal,
            @RequestParam Permission permission,
            @Parameter(description = OBJECT) @RequestParam String object) {
        return reports.explain(principal, permission, AccessChecks.object(object));
    }

    @Operation(operationId = "whoCan", summary = "Who may do something with an object, and by which grants")
    @RequiresPermission(Permission.ACCESS_EXPLAIN)
    @GetMapping("/who-can")
    List<WhoCan> whoCan(
            @RequestParam Permission permission, @Parameter(description = OBJECT) @RequestParam String object) {
        return reports.whoCan(permission, AccessChecks.object(object));
    }

    @Operation(operationId = "reviewAccess", summary = "All grants that the caller may see, for a review")
    @RequiresPermission(Permission.ACCESS_EXPLAIN)
    @GetMapping("/review")
    List<Grant> review(
            @RequestParam(defaultValue = "USER") ReviewOrder by,
            @Parameter(description = "Only grants that never let anybody do anything")
                    @RequestParam(defaultValue = "false")
                    boolean unused) {
        List<Grant> all = new ArrayList<>();
        String cursor = null;
        do {
            var page = directory.grants(ListRequest.of(null, null, ListRequest.MAX_LIMIT, cursor));
            page.items().stream()
                    .filter(grant -> !unused || grant.usedAt() == null)
                    .forEach(all::add);
            cursor = page.nextCursor();
        } while (cursor != null);
        Comparator<Grant> user = Comparator.comparing(Grant::principalName);
        Comparator<Grant> object = Comparator.comparing(Grant::scopeKind).thenComparing(Grant::scopeName);
        all.sort(by == ReviewOrder.USER ? user.thenComparing(object) : object.thenComparing(user));
        return all;
    }

    @Operation(operationId = "reviewAccessAsCsv", summary = "As the review, as CSV (RFC 4180)")
    @ApiResponse(responseCode = "200", content = @Content(mediaType = "text/csv", schema = @Schema(type = "string")))
    @RequiresPermission(Permission.ACCESS_EXPLAIN)
    @GetMapping("/review.csv")
    void csv(
            @RequestParam(defaultValue = "USER") ReviewOrder by,
            @RequestParam(defaultValue = "false") boolean unused,
            HttpServletResponse response)
            throws IOException {
        String lines = Stream.concat(
                        Stream.of(line(
                                "principalKind",
                                "principal",
                                "effect",
                                "role",
                                "objectKind",
                                "object",
                                "objectId",
                                "tag",
                                "createdBy",
                                "createdAt",
                                "usedAt")),
                        review(by, unused).stream().map(AccessReportController::line))
                .collect(Collectors.joining());
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader("Content-Disposition", "attachment; filename=\"access-review.csv\"");
        response.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
    }

    private static String line(Grant grant) {
        String kind = grant.userId() != null ? "user" : grant.groupId() != null ? "group" : "everyone";
        return line(
                kind,
                grant.principalName(),
                grant.effect().name(),
                grant.roleName(),
                grant.scopeKind().name(),
                grant.scopeName(),
                grant.scopeId().toString(),
                grant.tag(),
                grant.createdBy(),
                grant.createdAt().toString(),
                Objects.toString(grant.usedAt(), ""));
    }

    private static String line(String... values) {
        return Stream.of(values).map(AccessReportController::quoted).collect(Collectors.joining(",", "", "\r\n"));
    }

    /** A value that a spreadsheet would take for a formula is shown as text. */
    private static String quoted(String value) {
        String text = !value.isEmpty() && "=+-@\t\r".indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
