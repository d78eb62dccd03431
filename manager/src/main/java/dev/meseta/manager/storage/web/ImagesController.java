package dev.meseta.manager.storage.web;

import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.RequiresStepUp;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.CheckAnswer;
import dev.meseta.manager.shared.web.DryRun;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.shared.web.Versions;
import dev.meseta.manager.storage.Images;
import dev.meseta.manager.storage.Images.NewImage;
import dev.meseta.manager.storage.Storage.Image;
import dev.meseta.manager.storage.Storage.ImageStatus;
import dev.meseta.manager.tasks.TaskView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Images: list, import, delete. */
@RestController
@RequestMapping(Api.BASE + "/images")
@Tag(name = "Images")
class ImagesController {

    private static final String ACCEPTED = "202";
    private static final String PLAN = "200";

    private final Images images;
    private final PlatformTransactionManager transactions;

    ImagesController(Images images, PlatformTransactionManager transactions) {
        this.images = images;
        this.transactions = transactions;
    }

    @GetMapping
    @RequiresPermission(Permission.IMAGE_READ)
    @Operation(summary = "List images")
    Page<ImageResource> listImages(ListParameters list) {
        Page<Image> page = images.list(list.request());
        return page.map(ImageResource::of);
    }

    @GetMapping("/{id}")
    @RequiresPermission(Permission.IMAGE_READ)
    @Operation(summary = "One image")
    ResponseEntity<ImageResource> getImage(@PathVariable UUID id) {
        Image image = images.require(id);
        return Api.versioned(image.version(), ImageResource.of(image));
    }

    @PostMapping
    @RequiresPermission(Permission.IMAGE_CREATE)
    @Operation(summary = "Import a file of a storage domain's incoming folder as an image")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> importImage(
            @RequestBody NewImageBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        NewImage image = body.validated();
        return submitted(dryRun, () -> images.importImage(image, RequestContext.require()));
    }

    @DeleteMapping("/{id}")
    @RequiresPermission(Permission.IMAGE_DELETE)
    @RequiresStepUp(DangerousVerb.IMAGE_DELETE)
    @Operation(summary = "Delete an image that no disk is built on")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> deleteImage(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        Long version = Versions.expected(ifMatch);
        return submitted(dryRun, () -> images.delete(id, version, RequestContext.require()));
    }

    private ResponseEntity<Object> submitted(boolean dryRun, Supplier<TaskView> command) {
        TaskView task = DryRun.change(transactions, dryRun, command);
        return dryRun ? ResponseEntity.ok(new CheckAnswer(task.kind())) : Api.accepted(task.id(), task);
    }

    /** An image as the API shows it. */
    record ImageResource(
            UUID id,
            String name,
            String description,
            UUID storageDomainId,
            ImageStatus status,
            long virtualSizeMiB,
            long version,
            Instant createdAt) {

        private static final int MIB_SHIFT = 20;

        static ImageResource of(Image image) {
            return new ImageResource(
                    image.id(),
                    image.name(),
                    image.description(),
                    image.storageDomainId(),
                    image.status(),
                    image.virtualSizeBytes() >> MIB_SHIFT,
                    image.version(),
                    image.createdAt());
        }
    }

    /** What a client sends. */
    record NewImageBody(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = NAME_PATTERN) @Nullable String name,

            @Schema(maxLength = LONGEST_DESCRIPTION) @Nullable String description,

            @Nullable UUID storageDomainId,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = FILE_PATTERN) @Nullable String incomingFile) {

        private static final String NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";
        private static final String FILE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$";
        private static final Pattern NAME = Pattern.compile(NAME_PATTERN);
        private static final Pattern FILE = Pattern.compile(FILE_PATTERN);
        private static final int LONGEST_DESCRIPTION = 4000;

        NewImage validated() {
            List<FieldError> errors = new ArrayList<>();
            String checkedName = name == null ? "" : name;
            String file = incomingFile == null ? "" : incomingFile;
            String text = description == null ? "" : description;
            if (!NAME.matcher(checkedName).matches()) {
                errors.add(new FieldError(
                        "name",
                        "1 to 63 letters, digits, dots, underscores and hyphens; begins with a letter or digit."));
            }
            if (!FILE.matcher(file).matches()) {
                errors.add(new FieldError(
                        "incomingFile",
                        "The name of a file in the storage domain's incoming folder, without a path: 1 to 200 letters,"
                                + " digits, dots, underscores and hyphens; begins with a letter or digit."));
            }
            if (text.length() > LONGEST_DESCRIPTION) {
                errors.add(new FieldError("description", "At most %d characters.".formatted(LONGEST_DESCRIPTION)));
            }
            if (!errors.isEmpty()) {
                throw new MesetaException(
                        ErrorCode.VALIDATION_FAILED,
                        "The image cannot be imported like this; see errors.",
                        errors,
                        null);
            }
            return new NewImage(checkedName, text, storageDomainId, file);
        }
    }
}
