package dev.meseta.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors;
import dev.meseta.agent.identity.KeyAndChain;
import dev.meseta.agent.testing.FakeHypervisor;
import dev.meseta.agent.testing.NoCommands;
import dev.meseta.agent.testing.TestAgent;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.proto.v1.Authorization;
import dev.meseta.proto.v1.Caller;
import dev.meseta.proto.v1.ConsoleServiceGrpc;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.FlowServiceGrpc;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.NetworkServiceGrpc;
import dev.meseta.proto.v1.OperationServiceGrpc;
import dev.meseta.proto.v1.VolumeServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every method there is, found by enumeration, called as everybody there is. */
@Tag("unit")
class AuthorizationTest {

    private static final List<ServiceDescriptor> ON_AGENT = List.of(
            HostServiceGrpc.getServiceDescriptor(),
            DomainServiceGrpc.getServiceDescriptor(),
            MigrationServiceGrpc.getServiceDescriptor(),
            VolumeServiceGrpc.getServiceDescriptor(),
            NetworkServiceGrpc.getServiceDescriptor(),
            ConsoleServiceGrpc.getServiceDescriptor(),
            FlowServiceGrpc.getServiceDescriptor(),
            OperationServiceGrpc.getServiceDescriptor());

    @TempDir
    private Path directory;

    @Test
    void everyMethodOfEveryServiceDeclaresItsCaller() {
        List<ServiceDescriptor> all = Stream.concat(
                        ON_AGENT.stream(), Stream.of(EnrolmentServiceGrpc.getServiceDescriptor()))
                .toList();
        for (ServiceDescriptor service : all) {
            for (MethodDescriptor<?, ?> method : service.getMethods()) {
                assertThat(AuthorizationInterceptor.allowedCaller(method))
                        .as(method.getFullMethodName())
                        .isNotIn(Caller.CALLER_UNSPECIFIED, Caller.UNRECOGNIZED);
            }
        }
    }

    /** The lists above would miss a service that somebody adds to the contract; the files of the contract do not. */
    @Test
    void noServiceOfTheContractIsMissingHere() {
        List<String> known = Stream.concat(ON_AGENT.stream(), Stream.of(EnrolmentServiceGrpc.getServiceDescriptor()))
                .map(ServiceDescriptor::getName)
                .toList();
        Stream<Descriptors.FileDescriptor> files = Stream.concat(
                        ON_AGENT.stream(), Stream.of(EnrolmentServiceGrpc.getServiceDescriptor()))
                .map(AuthorizationTest::file);
        assertThat(files.flatMap(file -> Stream.concat(Stream.of(file), file.getDependencies().stream()))
                        .flatMap(file -> file.getServices().stream())
                        .map(Descriptors.ServiceDescriptor::getFullName)
                        .distinct())
                .isSubsetOf(known);
    }

    private static Descriptors.FileDescriptor file(ServiceDescriptor service) {
        return java.util.Objects.requireNonNull((ProtoFileDescriptorSupplier) service.getSchemaDescriptor())
                .getFileDescriptor();
    }

    @Test
    void everyMethodOnTheAgentRefusesEverybodyElse() throws Exception {
        Instant now = Instant.now();
        TestAuthority authority = new TestAuthority("control", now);
        try (TestAgent agent = new TestAgent(authority, directory, new FakeHypervisor(), new NoCommands())) {
            String id = UUID.randomUUID().toString();
            KeyAndChain manager = authority.manager(id);
            KeyAndChain host = authority.host(id);
            List<KeyAndChain> nobodies = List.of(
                    authority.issue(),
                    authority.issue("urn:meseta:auditor:" + id),
                    authority.issue("urn:meseta:manager:not-an-id"),
                    authority.issue("urn:meseta:manager:" + id, "urn:meseta:host:" + id),
                    authority.expired("urn:meseta:manager:" + id),
                    new TestAuthority("control", now).manager(id));
            for (ServiceDescriptor service : ON_AGENT) {
                for (MethodDescriptor<?, ?> method : service.getMethods()) {
                    Caller allowed = allowed(method);
                    assertThat(call(agent, null, method))
                            .as("%s as nobody", method)
                            .isIn(Status.Code.UNAVAILABLE);
                    for (KeyAndChain nobody : nobodies) {
                        assertThat(call(agent, nobody, method))
                                .as("%s as %s", method.getFullMethodName(), nobody.leaf())
                                .isIn(Status.Code.UNAVAILABLE, Status.Code.UNAUTHENTICATED);
                    }
                    Status.Code asManager = call(agent, manager, method);
                    Status.Code asHost = call(agent, host, method);
                    if (allowed == Caller.CALLER_MANAGER) {
                        assertThat(asHost).as("%s as a host", method).isEqualTo(Status.Code.PERMISSION_DENIED);
                        assertThat(asManager).as("%s as a manager", method).isNotEqualTo(Status.Code.PERMISSION_DENIED);
                    } else {
                        assertThat(asManager).as("%s as a manager", method).isEqualTo(Status.Code.PERMISSION_DENIED);
                    }
                }
            }
        }
    }

    private static Caller allowed(MethodDescriptor<?, ?> method) {
        return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier
                ? supplier.getMethodDescriptor().getOptions().getExtension(Authorization.allowedCaller)
                : Caller.CALLER_UNSPECIFIED;
    }

    /** How a call with an empty message ends; OK for a stream that answers. */
    private static Status.Code call(TestAgent agent, @Nullable KeyAndChain as, MethodDescriptor<?, ?> method)
            throws Exception {
        ManagedChannel channel = agent.channel(as);
        try {
            MethodDescriptor<byte[], byte[]> raw = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(method.getType())
                    .setFullMethodName(method.getFullMethodName())
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();
            CompletableFuture<Status.Code> end = new CompletableFuture<>();
            ClientCall<byte[], byte[]> call = channel.newCall(raw, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(byte[] message) {
                            end.complete(Status.Code.OK);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end.complete(status.getCode());
                        }
                    },
                    new Metadata());
            call.request(1);
            call.sendMessage(new byte[0]);
            call.halfClose();
            return end.get(20, TimeUnit.SECONDS);
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    }
}
