using System.Globalization;
using System.Runtime.CompilerServices;

namespace DftFlow.Tests;

/// <summary>Runs the whole assembly in the culture that DFTFLOW_TEST_CULTURE names: one with a decimal comma shows what forgot its own.</summary>
internal static class TestCulture
{
    [ModuleInitializer]
    internal static void Set()
    {
        if (Environment.GetEnvironmentVariable("DFTFLOW_TEST_CULTURE") is not { Length: > 0 } name) return;
        var culture = CultureInfo.GetCultureInfo(name);
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = culture;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
    }
}
