using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Tests.Text;

public sealed class FixedPointTextTests
{
    [Theory]
    [InlineData("0", 8, "0")]
    [InlineData("1", 8, "100000000")]
    [InlineData("-1.5", 8, "-150000000")]
    [InlineData("0.00000001", 8, "1")]
    [InlineData("007.10", 2, "710")]
    [InlineData("1.500000000000", 1, "15")]
    [InlineData(" 2 ", 0, "2")]
    public void Parse_Number_IsExact(string text, int decimals, string expected) =>
        Assert.Equal(BigInteger.Parse(expected), FixedPointText.Parse(text, decimals, "size"));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e8")]
    [InlineData("1,000")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("٣")]
    public void Parse_NoNumber_NamesItAndTheRemedy(string text)
    {
        CliException error = Assert.Throws<CliException>(() => FixedPointText.Parse(text, 8, "size"));

        Assert.Equal($"The size '{text}' is not a decimal number: write it like 1250.75.", error.Message);
    }

    [Fact]
    public void Parse_TooManyDigits_NamesTheLimit() =>
        Assert.Equal("The size has 61 digits: give at most 60.", Assert.Throws<CliException>(() => FixedPointText.Parse(new string('1', 61), 8, "size")).Message);

    [Fact]
    public void Parse_TooManyDecimals_NamesTheLimit()
    {
        CliException error = Assert.Throws<CliException>(() => FixedPointText.Parse("0.123", 2, "amount"));

        Assert.Equal("The amount '0.123' has 3 decimals: give at most 2.", error.Message);
    }

    [Theory]
    [InlineData("92233720368.54775807", long.MaxValue)]
    [InlineData("-92233720368.54775808", long.MinValue)]
    public void ParseE8_Bounds_Fit(string text, long expected) => Assert.Equal(expected, FixedPointText.ParseE8(text, "price"));

    [Fact]
    public void ParseE8_BeyondTheBounds_IsRefused() =>
        Assert.Equal(
            "The price '92233720368.54775808' is too large: give at most 92233720368.54775807.",
            Assert.Throws<CliException>(() => FixedPointText.ParseE8("92233720368.54775808", "price")).Message);

    [Fact]
    public void Format_ThenParse_GivesTheValueBack() =>
        Prop.ForAll<long, byte>((value, decimals) =>
        {
            int places = decimals % 19;
            return FixedPointText.Parse(FixedPointText.Format(value, places), places, "value") == value;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(123456789012, 8, 2, "1,234.56")]
    [InlineData(-1, 8, 2, "0.00")]
    [InlineData(-123456789012, 8, 0, "-1,234")]
    public void Short_Value_IsCutTowardZero(long value, int decimals, int shown, string expected) =>
        Assert.Equal(expected, FixedPointText.Short(value, decimals, shown));
}
