package io.gatehouse.session;

import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/** What holds on one Redis holds on a cluster of three nodes, too: the same tests once more, the others with {@link OnAClusterSoakTest}. */
@Suite
@ConfigurationParameter(key = "test.redis", value = "cluster")
@SelectClasses(
        names = {
            "io.gatehouse.session.SessionLifetimeTest",
            "io.gatehouse.session.CookieSecretTest",
            "io.gatehouse.admission.ThrottleHttpTest",
            "io.gatehouse.user.SignInTest",
        })
class OnAClusterTest {}
