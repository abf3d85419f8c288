package io.gatehouse.session;

import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/** What holds on one Redis holds on a cluster of three nodes, too: what of {@link OnAClusterTest} is slow. */
@Suite
@ConfigurationParameter(key = "test.redis", value = "cluster")
@SelectClasses(
        names = {
            "io.gatehouse.session.SessionTest",
            "io.gatehouse.session.OwnSessionsTest",
            "io.gatehouse.admission.AuthzTest",
            "io.gatehouse.admission.ThrottleClientTest",
            "io.gatehouse.admission.ThrottleReplicasTest",
            "io.gatehouse.user.PasswordChangeTest",
            "io.gatehouse.user.SignInLimitTest",
            "io.gatehouse.user.SignInRaceTest",
        })
class OnAClusterSoakTest {}
