Console.WriteLine("omargin");
