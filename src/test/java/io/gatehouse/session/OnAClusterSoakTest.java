package io.gatehouse.session;

import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/** What holds on one Redis holds on a cluster of three nodes, too: the same tests once more, beside {@link ClusterTest}. */
@Suite
@ConfigurationParameter(key = "test.redis", value = "cluster")
@SelectClasses(
        names = {
            "io.gatehouse.session.SessionTest",
            "io.gatehouse.session.SessionLifetimeTest",
            "io.gatehouse.session.CookieSecretTest",
            "io.gatehouse.admission.ThrottleHttpTest",
            "io.gatehouse.user.SignInTest",
            "io.gatehouse.session.OwnSessionsTest",
            "io.gatehouse.admission.AuthzTest",
            "io.gatehouse.admission.ThrottleClientTest",
            "io.gatehouse.admission.ThrottleReplicasTest",
            "io.gatehouse.user.PasswordChangeTest",
            "io.gatehouse.user.SignInLimitTest",
            "io.gatehouse.user.SignInRaceTest",
        })
class OnAClusterSoakTest {}
