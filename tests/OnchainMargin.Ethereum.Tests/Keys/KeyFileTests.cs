using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.Ethereum.Tests.Keys;

public sealed class KeyFileTests : IDisposable
{
    // The two examples of the web3 secret storage definition; both hold this key under this password.
    private const string Password = "testpassword";
    private const string Key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    private const string Pbkdf2 = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    private const string Scrypt = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":262144,"p":8,"r":1,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    private static readonly KeyFileOptions Light = new() { ScryptCost = 1024 };

    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Pbkdf2)]
    [InlineData(Scrypt)]
    public void Decrypt_OfTheDefinitionsExamples_GivesTheirKey(string json)
    {
        using PrivateKey expected = PrivateKey.Parse(Key, "the definition");
        using PrivateKey key = KeyFile.Decrypt(json, Password, "the definition");

        Assert.Equal(expected.Address, key.Address);
    }

    [Fact]
    public void Decrypt_WithAWrongPassword_SaysSoWithoutShowingIt()
    {
        KeyException failure = Assert.Throws<KeyException>(() => KeyFile.Decrypt(Pbkdf2, "not-the-password", "the definition"));

        Assert.Contains("the definition", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThenRead_GivesTheKeyBackFromAFileOfItsOwnerOnly()
    {
        string path = Path.Combine(_folder, "key.json");
        using var key = PrivateKey.Generate();

        KeyFile.Write(path, key, "pass", Light);

        using PrivateKey read = KeyFile.Read(path, "pass");
        Assert.Equal(key.Address, read.Address);
        Assert.Equal(path, Assert.Single(Directory.GetFiles(_folder)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Throws<KeyException>(() => KeyFile.Read(path, "other"));
    }

    [Fact]
    public void Write_OntoAFileOrIntoNoFolder_RefusesAndLeavesNothing()
    {
        string path = Path.Combine(_folder, "key.json");
        File.WriteAllText(path, "precious");
        using var key = PrivateKey.Generate();

        Assert.Throws<KeyException>(() => KeyFile.Write(path, key, "pass", Light));
        Assert.Throws<KeyException>(() => KeyFile.Write(Path.Combine(_folder, "none", "key.json"), key, "pass", Light));

        Assert.Equal("precious", File.ReadAllText(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(_folder)));
    }

    [Theory]
    [InlineData("\"version\":3", "\"version\":1")]
    [InlineData("aes-128-ctr", "aes-128-cbc")]
    [InlineData("\"n\":262144", "\"n\":262145")]
    [InlineData("\"n\":262144", "\"n\":1099511627776")]
    [InlineData("\"r\":1", "\"r\":0")]
    [InlineData("\"r\":1", "\"r\":1000000000")]
    [InlineData("\"p\":8", "\"p\":100000")]
    [InlineData("\"dklen\":32", "\"dklen\":2000000000")]
    [InlineData("\"kdf\":\"scrypt\"", "\"kdf\":\"argon2\"")]
    [InlineData("\"kdf\":\"scrypt\"", "\"kdf\":\"pbkdf2\"")]
    [InlineData("\"ciphertext\":\"d1", "\"ciphertext\":\"zz")]
    [InlineData("\"ciphertext\":\"d172", "\"ciphertext\":\"d1")]
    [InlineData("\"iv\":\"83", "\"iv\":\"")]
    [InlineData("\"mac\"", "\"cam\"")]
    [InlineData("{\"crypto\"", "[{\"crypto\"")]
    public void Decrypt_OfAFileThatIsNoKeyFile_RefusesQuickly(string part, string replacement)
    {
        string json = Scrypt.Replace(part, replacement, StringComparison.Ordinal);

        Assert.False(string.Equals(Scrypt, json, StringComparison.Ordinal));
        Assert.Throws<EthereumFormatException>(() => KeyFile.Decrypt(json, Password, "a test"));
    }

    [Fact]
    public void Read_OfNoFileOrAHugeOne_Refuses()
    {
        Assert.Throws<KeyException>(() => KeyFile.Read(Path.Combine(_folder, "none.json"), "pass"));
        string path = Path.Combine(_folder, "huge.json");
        File.WriteAllBytes(path, new byte[100_000]);
        Assert.Throws<EthereumFormatException>(() => KeyFile.Read(path, "pass"));
    }

    [Fact]
    public void Open_OfAPlainOrAnEncryptedFile_FindsTheSameKey()
    {
        using var key = PrivateKey.Parse("0x" + Key, "a test");
        string plain = Path.Combine(_folder, "plain.key");
        File.WriteAllText(plain, $"  0x{Key}\n");
        string encrypted = Path.Combine(_folder, "encrypted.json");
        KeyFile.Write(encrypted, key, "pass", Light);
        string variable = $"OMARGIN_TEST_{Guid.NewGuid():N}";

        using PrivateKey fromPlain = KeyFile.Open(plain, variable);
        KeyException missing = Assert.Throws<KeyException>(() => KeyFile.Open(encrypted, variable));
        Environment.SetEnvironmentVariable(variable, "pass");
        using PrivateKey fromEncrypted = KeyFile.Open(encrypted, variable);

        Assert.Equal(key.Address, fromPlain.Address);
        Assert.Equal(key.Address, fromEncrypted.Address);
        Assert.Contains(variable, missing.Message, StringComparison.Ordinal);
        File.WriteAllText(plain, "0x1234");
        Assert.DoesNotContain("1234", Assert.Throws<KeyException>(() => KeyFile.Open(plain, variable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PrivateKey_InWords_NeverShowsItself()
    {
        using PrivateKey key = PrivateKey.Parse("0x" + Key, "a test");

        Assert.DoesNotContain(Key, key.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("redacted", key.ToString(), StringComparison.Ordinal);
        foreach (string bad in (string[])[Key[1..], Key + "00", new string('f', 64), new string('0', 64), "g" + Key[1..]])
        {
            KeyException failure = Assert.Throws<KeyException>(() => PrivateKey.Parse(bad, "the environment variable X"));
            Assert.DoesNotContain(bad, failure.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("the environment variable X", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Key)]
    [InlineData("0x" + Key)]
    public void Open_AKeyInPlaceOfItsFile_IsRefusedWithoutIt(string path)
    {
        KeyException failure = Assert.Throws<KeyException>(() => KeyFile.Open(path, "OMARGIN_TEST_NO_PASSWORD"));
        Assert.Equal("What is named as a key file looks like a key; name a file that holds it, and take the key for known if it is one.", failure.Message);
    }

    [Fact]
    public void FromEnvironment_OfAVariable_ReadsItOrNamesIt()
    {
        const string Variable = "OMARGIN_TEST_KEY_OF_KEYFILETESTS";
        Assert.Contains(Variable, Assert.Throws<KeyException>(() => PrivateKey.FromEnvironment(Variable)).Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(Variable, Key);
        using PrivateKey key = PrivateKey.FromEnvironment(Variable);
        Environment.SetEnvironmentVariable(Variable, null);

        Assert.Equal(PrivateKey.Parse(Key, "a test").Address, key.Address);
    }

    [Fact]
    public void Sign_AfterDispose_IsRefused()
    {
        var key = PrivateKey.Generate();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.SignHash(Hash32.Zero));
    }
}
