namespace OnchainMargin.Architecture.Tests;

public sealed class TestSettingsTests
{
    private const string Variable = "OMARGIN_TEST_SETTING";

    [Theory]
    [InlineData(null, 7)]
    [InlineData("", 7)]
    [InlineData("12", 12)]
    [InlineData("-3", -3)]
    public void Number_UnsetOrWhole_IsTaken(string? text, int expected)
    {
        Environment.SetEnvironmentVariable(Variable, text);
        Assert.Equal(expected, TestSettings.Number(Variable, 7));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public void Number_Malformed_IsRefusedWithNameAndText(string text)
    {
        Environment.SetEnvironmentVariable(Variable, text);
        Assert.Equal($"{Variable} is '{text}': give a whole number, or leave it unset for 7.", Assert.Throws<FormatException>(() => TestSettings.Number(Variable, 7)).Message);
    }
}
