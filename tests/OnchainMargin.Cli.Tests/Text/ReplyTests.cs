using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Tests.Text;

public sealed class ReplyTests
{
    [Fact]
    public void WriteTable_Numbers_StandToTheRight()
    {
        var output = new StringWriter { NewLine = "\n" };

        Reply.WriteTable(output, ["name", "size"], [["Ada", "1.5"], ["Bartholomew", "-20"]]);

        Assert.Equal("name         size\nAda           1.5\nBartholomew   -20\n", output.ToString());
    }

    [Fact]
    public void WriteTable_WithoutRows_HasItsHeadings()
    {
        var output = new StringWriter { NewLine = "\n" };

        Reply.WriteTable(output, ["name", "size"], []);

        Assert.Equal("name  size\n", output.ToString());
    }
}
