namespace OnchainMargin.Browser.Tests.Support;

/// <summary>A fact that needs Chromium and the built page, and is skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public const string Chromium = "/usr/bin/chromium";

    public BrowserFactAttribute() => Skip = Missing;

    public static string Page { get; } = Path.Combine(TestFiles.Root, "web", "dist");

    public static string? Missing { get; } =
        !File.Exists(Chromium) ? Needs.Sentence(Chromium, "apt-get install chromium") : Needs.File(Path.Combine("web", "dist", "index.html"), "scripts/test.sh builds it");
}
