using System.Text.Json;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Tests.Margin;

public sealed class VerifyTests
{
    [RefereeFact]
    public async Task Run_Verify_ComparesEveryInteger()
    {
        (int exit, string output) = await MarginCommandRunner.RunAsync(Books.Design, "--verify", "--json", "--root", TestFiles.Root);
        Assert.Equal(0, exit);
        using var reply = JsonDocument.Parse(output);
        Assert.True(int.Parse(reply.RootElement.GetProperty("verified").GetProperty("integers").GetString()!, System.Globalization.CultureInfo.InvariantCulture) > 150);
    }

    /// <summary>A report that is one unit off is found and named.</summary>
    [RefereeFact]
    public async Task RunAsync_OneUnitOff_IsNamed()
    {
        Book book = BookFile.Parse(Books.Design);
        AccountReport[] reports = AccountReport.OfAll(book, CancellationToken.None);
        AccountReport second = reports[1];
        AccountFigures figures = second.Report.Figures;
        reports[1] = second with { Report = second.Report with { Figures = figures with { FloorE8 = figures.FloorE8 + 1 } } };
        CliException error = await Assert.ThrowsAsync<CliException>(() => RefereeCheck.RunAsync(book, reports, TestFiles.Root, CancellationToken.None));
        Assert.StartsWith("The floorMargin of account spread differs: the engine has ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FolderThatIsNoRepository_IsNamed()
    {
        CliException error = Assert.Throws<CliException>(() => RepositoryRoot.Find("/"));
        Assert.Equal("The --root '/' is not the repository: name the folder that holds hardhat.config.js.", error.Message);
    }
}
