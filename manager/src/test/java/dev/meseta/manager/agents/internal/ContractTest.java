package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.meseta.proto.v1.Caller;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.FlowServiceGrpc;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.NetworkServiceGrpc;
import dev.meseta.proto.v1.OperationServiceGrpc;
import dev.meseta.proto.v1.VolumeServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of the contract says who may call it. */
@Tag("unit")
class ContractTest {

    static Stream<String> methods() {
        return Stream.of(
                        EnrolmentServiceGrpc.getServiceDescriptor(),
                        HostServiceGrpc.getServiceDescriptor(),
                        OperationServiceGrpc.getServiceDescriptor(),
                        DomainServiceGrpc.getServiceDescriptor(),
                        MigrationServiceGrpc.getServiceDescriptor(),
                        VolumeServiceGrpc.getServiceDescriptor(),
                        NetworkServiceGrpc.getServiceDescriptor(),
                        FlowServiceGrpc.getServiceDescriptor())
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getFullMethodName() + " "
                        + CallerInterceptor.allowedCaller(method).name());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodDeclaresItsCaller(String methodAndCaller) {
        assertThat(methodAndCaller).doesNotEndWith(Caller.CALLER_UNSPECIFIED.name());
    }

    @Test
    void nothingOnTheManagerIsForManagers() {
        ServiceDescriptor enrolment = EnrolmentServiceGrpc.getServiceDescriptor();
        assertThat(enrolment.getMethods())
                .extracting(MethodDescriptor::getBareMethodName, CallerInterceptor::allowedCaller)
                .containsExactlyInAnyOrder(
                        tuple("Enrol", Caller.CALLER_TOKEN_HOLDER), tuple("Renew", Caller.CALLER_AGENT));
    }
}
